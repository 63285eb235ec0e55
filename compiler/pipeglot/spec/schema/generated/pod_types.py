"""Generated from the types of `argo-workflows` by `python -m pipeglot.spec.schema.pods.tables`: do not edit."""

# ruff: noqa
TYPES: dict[str, dict[str, str]] = {
    'Affinity': {
        'nodeAffinity': 'NodeAffinity',
        'podAffinity': 'PodAffinity',
        'podAntiAffinity': 'PodAntiAffinity',
    },
    'AppArmorProfile': {
        'type': 'text',
        'localhostProfile': 'text',
    },
    'CSIVolumeSource': {
        'driver': 'text',
        'fsType': 'text',
        'nodePublishSecretRef': 'LocalObjectReference',
        'readOnly': 'bool',
        'volumeAttributes': '{text}',
    },
    'Capabilities': {
        'add': '[text]',
        'drop': '[text]',
    },
    'ClusterTrustBundleProjection': {
        'path': 'text',
        'labelSelector': 'LabelSelector',
        'name': 'text',
        'optional': 'bool',
        'signerName': 'text',
    },
    'ConfigMapProjection': {
        'items': '[KeyToPath]',
        'name': 'text',
        'optional': 'bool',
    },
    'ConfigMapVolumeSource': {
        'defaultMode': 'int',
        'items': '[KeyToPath]',
        'name': 'text',
        'optional': 'bool',
    },
    'DownwardAPIProjection': {
        'items': '[DownwardAPIVolumeFile]',
    },
    'DownwardAPIVolumeFile': {
        'path': 'text',
        'fieldRef': 'ObjectFieldSelector',
        'mode': 'int',
        'resourceFieldRef': 'ResourceFieldSelector',
    },
    'EmptyDirVolumeSource': {
        'medium': 'text',
        'sizeLimit': 'quantity',
    },
    'EphemeralVolumeSource': {
        'volumeClaimTemplate': 'PersistentVolumeClaimTemplate',
    },
    'HostPathVolumeSource': {
        'path': 'text',
        'type': 'text',
    },
    'KeyToPath': {
        'key': 'text',
        'path': 'text',
        'mode': 'int',
    },
    'LabelSelector': {
        'matchExpressions': '[LabelSelectorRequirement]',
        'matchLabels': '{text}',
    },
    'LabelSelectorRequirement': {
        'key': 'text',
        'operator': 'text',
        'values': '[text]',
    },
    'LocalObjectReference': {
        'name': 'text',
    },
    'NFSVolumeSource': {
        'path': 'text',
        'server': 'text',
        'readOnly': 'bool',
    },
    'NodeAffinity': {
        'preferredDuringSchedulingIgnoredDuringExecution': '[PreferredSchedulingTerm]',
        'requiredDuringSchedulingIgnoredDuringExecution': 'NodeSelector',
    },
    'NodeSelector': {
        'nodeSelectorTerms': '[NodeSelectorTerm]',
    },
    'NodeSelectorRequirement': {
        'key': 'text',
        'operator': 'text',
        'values': '[text]',
    },
    'NodeSelectorTerm': {
        'matchExpressions': '[NodeSelectorRequirement]',
        'matchFields': '[NodeSelectorRequirement]',
    },
    'ObjectFieldSelector': {
        'fieldPath': 'text',
        'apiVersion': 'text',
    },
    'ObjectMeta': {
        'annotations': '{text}',
        'labels': '{text}',
    },
    'PersistentVolumeClaimSpec': {
        'accessModes': '[text]',
        'dataSource': 'TypedLocalObjectReference',
        'dataSourceRef': 'TypedObjectReference',
        'resources': 'VolumeResourceRequirements',
        'selector': 'LabelSelector',
        'storageClassName': 'text',
        'volumeAttributesClassName': 'text',
        'volumeMode': 'text',
        'volumeName': 'text',
    },
    'PersistentVolumeClaimTemplate': {
        'spec': 'PersistentVolumeClaimSpec',
        'metadata': 'ObjectMeta',
    },
    'PodAffinity': {
        'preferredDuringSchedulingIgnoredDuringExecution': '[WeightedPodAffinityTerm]',
        'requiredDuringSchedulingIgnoredDuringExecution': '[PodAffinityTerm]',
    },
    'PodAffinityTerm': {
        'topologyKey': 'text',
        'labelSelector': 'LabelSelector',
        'matchLabelKeys': '[text]',
        'mismatchLabelKeys': '[text]',
        'namespaceSelector': 'LabelSelector',
        'namespaces': '[text]',
    },
    'PodAntiAffinity': {
        'preferredDuringSchedulingIgnoredDuringExecution': '[WeightedPodAffinityTerm]',
        'requiredDuringSchedulingIgnoredDuringExecution': '[PodAffinityTerm]',
    },
    'PreferredSchedulingTerm': {
        'preference': 'NodeSelectorTerm',
        'weight': 'int',
    },
    'ProjectedVolumeSource': {
        'defaultMode': 'int',
        'sources': '[VolumeProjection]',
    },
    'ResourceFieldSelector': {
        'resource': 'text',
        'containerName': 'text',
        'divisor': 'quantity',
    },
    'SELinuxOptions': {
        'level': 'text',
        'role': 'text',
        'type': 'text',
        'user': 'text',
    },
    'SeccompProfile': {
        'type': 'text',
        'localhostProfile': 'text',
    },
    'SecretProjection': {
        'items': '[KeyToPath]',
        'name': 'text',
        'optional': 'bool',
    },
    'SecretVolumeSource': {
        'defaultMode': 'int',
        'items': '[KeyToPath]',
        'optional': 'bool',
        'secretName': 'text',
    },
    'SecurityContext': {
        'seccompProfile': 'SeccompProfile',
        'seLinuxOptions': 'SELinuxOptions',
        'appArmorProfile': 'AppArmorProfile',
        'capabilities': 'Capabilities',
        'sysctls': '[Sysctl]',
    },
    'ServiceAccountTokenProjection': {
        'path': 'text',
        'audience': 'text',
        'expirationSeconds': 'int',
    },
    'Sysctl': {
        'name': 'text',
        'value': 'text',
    },
    'TypedLocalObjectReference': {
        'kind': 'text',
        'name': 'text',
        'apiGroup': 'text',
    },
    'TypedObjectReference': {
        'kind': 'text',
        'name': 'text',
        'apiGroup': 'text',
        'namespace': 'text',
    },
    'Volume': {
        'configMap': 'ConfigMapVolumeSource',
        'secret': 'SecretVolumeSource',
        'emptyDir': 'EmptyDirVolumeSource',
        'hostPath': 'HostPathVolumeSource',
        'nfs': 'NFSVolumeSource',
        'csi': 'CSIVolumeSource',
        'ephemeral': 'EphemeralVolumeSource',
        'projected': 'ProjectedVolumeSource',
    },
    'VolumeProjection': {
        'clusterTrustBundle': 'ClusterTrustBundleProjection',
        'configMap': 'ConfigMapProjection',
        'downwardAPI': 'DownwardAPIProjection',
        'secret': 'SecretProjection',
        'serviceAccountToken': 'ServiceAccountTokenProjection',
    },
    'VolumeResourceRequirements': {
        'limits': '{quantity}',
        'requests': '{quantity}',
    },
    'WeightedPodAffinityTerm': {
        'podAffinityTerm': 'PodAffinityTerm',
        'weight': 'int',
    },
}
REQUIRED: dict[str, tuple[str, ...]] = {
    'AppArmorProfile': ('type',),
    'CSIVolumeSource': ('driver',),
    'ClusterTrustBundleProjection': ('path',),
    'DownwardAPIVolumeFile': ('path',),
    'HostPathVolumeSource': ('path',),
    'KeyToPath': ('key', 'path'),
    'LabelSelectorRequirement': ('key', 'operator'),
    'NFSVolumeSource': ('path', 'server'),
    'NodeSelector': ('nodeSelectorTerms',),
    'NodeSelectorRequirement': ('key', 'operator'),
    'ObjectFieldSelector': ('fieldPath',),
    'PersistentVolumeClaimTemplate': ('spec',),
    'PodAffinityTerm': ('topologyKey',),
    'PreferredSchedulingTerm': ('preference', 'weight'),
    'ResourceFieldSelector': ('resource',),
    'SeccompProfile': ('type',),
    'ServiceAccountTokenProjection': ('path',),
    'Sysctl': ('name', 'value'),
    'TypedLocalObjectReference': ('kind', 'name'),
    'TypedObjectReference': ('kind', 'name'),
    'WeightedPodAffinityTerm': ('podAffinityTerm', 'weight'),
}
