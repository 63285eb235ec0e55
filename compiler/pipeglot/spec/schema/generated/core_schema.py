"""Generated from `spec.schema.models` by `python -m pipeglot.spec.schema.generate`: do not edit."""

# ruff: noqa
from typing import Any

from pipeglot.spec.schema import tags

PYDANTIC_CORE = "2.50.5"
CONFIG: Any = {'strict': True, 'extra_fields_behavior': 'forbid'}
SCHEMA: Any = {
 'type': 'definitions',
 'schema': {
  'type': 'tagged-union',
  'choices': {
   '\x00pipeline': {
    'type': 'definition-ref',
    'schema_ref': 'Document',
   },
   '\x00component': {
    'type': 'definition-ref',
    'schema_ref': 'Component',
   },
   '\x00graph': {
    'type': 'definition-ref',
    'schema_ref': 'Graph',
   },
   '\x00base': {
    'type': 'definition-ref',
    'schema_ref': 'Base',
   },
  },
  'discriminator': tags.document_tag,
 },
 'definitions': [
  {
   'type': 'typed-dict',
   'fields': {
    'apiVersion': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['pipeglot/v1'],
     },
     'required': True,
    },
    'kind': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['Pipeline'],
     },
     'required': True,
    },
    'metadata': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Metadata',
     },
     'required': True,
    },
    'extends': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[^/\\x00-\\x1f\\\\][^\\x00-\\x1f\\\\]*\\.ya?ml$',
     },
     'required': False,
    },
    'params': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'typed-dict',
       'fields': {
        'type': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'literal',
          'expected': ['string', 'int', 'float', 'bool', 'list', 'dict'],
         },
         'required': True,
        },
        'default': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'any',
         },
         'required': False,
        },
        'description': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'str',
         },
         'required': False,
        },
        'sensitive': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'bool',
         },
         'required': False,
        },
        'enum': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'list',
          'items_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
        'min': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'any',
         },
         'required': False,
        },
        'max': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'any',
         },
         'required': False,
        },
        'pattern': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'str',
         },
         'required': False,
        },
        'min_length': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'int',
          'ge': 0,
         },
         'required': False,
        },
        'max_length': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'int',
          'ge': 0,
         },
         'required': False,
        },
        'items': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'literal',
          'expected': ['string', 'int', 'float', 'bool', 'list', 'dict'],
         },
         'required': False,
        },
        'min_items': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'int',
          'ge': 0,
         },
         'required': False,
        },
        'max_items': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'int',
          'ge': 0,
         },
         'required': False,
        },
       },
       'extra_behavior': 'forbid',
       'config': {
        'extra_fields_behavior': 'forbid',
        'strict': True,
       },
       'ref': 'Param',
      },
     },
     'required': False,
    },
    'defaults': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Defaults',
     },
     'required': False,
    },
    'kubernetes': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Kubernetes',
     },
     'required': False,
    },
    'steps': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_-]{0,39}$',
      },
      'values_schema': {
       'type': 'definition-ref',
       'schema_ref': 'Step',
      },
      'min_length': 1,
     },
     'required': True,
    },
    'on_exit': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_-]{0,39}$',
      },
      'values_schema': {
       'type': 'definition-ref',
       'schema_ref': 'Step',
      },
     },
     'required': False,
    },
    'notify': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'on': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'list',
         'items_schema': {
          'type': 'literal',
          'expected': ['failure', 'success'],
         },
         'min_length': 1,
        },
        'required': False,
       },
       'webhook': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'definition-ref',
         'schema_ref': 'SecretKey',
        },
        'required': True,
       },
       'message': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'min_length': 1,
        },
        'required': False,
       },
       'format': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'literal',
         'expected': ['json', 'slack'],
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'Notify',
     },
     'required': False,
    },
    'components': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_-]{0,39}$',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'max_parallel': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'int',
      'ge': 1,
     },
     'required': False,
    },
    'fail_fast': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
    'deadline': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+(ms|s|m|h|d))+$',
     },
     'required': False,
    },
    'schedule': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'cron': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'min_length': 1,
        },
        'required': True,
       },
       'timezone': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'min_length': 1,
        },
        'required': False,
       },
       'start': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'min_length': 1,
        },
        'required': False,
       },
       'end': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'min_length': 1,
        },
        'required': False,
       },
       'catchup': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'bool',
        },
        'required': False,
       },
       'overlap': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'literal',
         'expected': ['allow', 'skip', 'replace'],
        },
        'required': False,
       },
       'max_active': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'int',
         'ge': 1,
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'Schedule',
     },
     'required': False,
    },
    'records': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Records',
     },
     'required': False,
    },
    'targets': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Patches',
     },
     'required': False,
    },
    'profiles': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z0-9][a-z0-9_-]{0,39}$',
      },
      'values_schema': {
       'type': 'definition-ref',
       'schema_ref': 'Profile',
      },
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Document',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'name': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
     },
     'required': True,
    },
    'description': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': False,
    },
    'labels': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'min_length': 1,
      },
      'values_schema': {
       'type': 'str',
      },
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Metadata',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'image': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^(([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(:[0-9]+)?/)?[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$',
     },
     'required': False,
    },
    'workdir': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'shell': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['sh', 'bash', 'python'],
     },
     'required': False,
    },
    'env': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[A-Za-z_][A-Za-z0-9_]*$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00text': {
         'type': 'str',
        },
        '\x00secret': {
         'type': 'definition-ref',
         'schema_ref': 'SecretKey',
        },
        '\x00config_map': {
         'type': 'definition-ref',
         'schema_ref': 'ConfigKey',
        },
        '\x00field': {
         'type': 'definition-ref',
         'schema_ref': 'PodField',
        },
       },
       'discriminator': tags.env_tag,
      },
     },
     'required': False,
    },
    'kubernetes': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Kubernetes',
     },
     'required': False,
    },
    'timeout': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+(ms|s|m|h|d))+$',
     },
     'required': False,
    },
    'code': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Code',
     },
     'required': False,
    },
    'cache': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Cache',
     },
     'required': False,
    },
    'retry': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'delay': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^([0-9]+(ms|s|m|h|d))+$',
        },
        'required': False,
       },
       'backoff': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'any',
        },
        'required': False,
       },
       'max_delay': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^([0-9]+(ms|s|m|h|d))+$',
        },
        'required': False,
       },
       'on': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'list',
         'items_schema': {
          'type': 'literal',
          'expected': ['error', 'timeout', 'lost'],
         },
         'min_length': 1,
        },
        'required': False,
       },
       'limit': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'int',
         'ge': 0,
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'RetryDefaults',
     },
     'required': False,
    },
    'resources': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'cpu': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^([0-9]+m|[0-9]+(\\.[0-9]+)?)$',
        },
        'required': False,
       },
       'memory': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^[0-9]+(Ki|Mi|Gi|Ti|K|M|G|T)$',
        },
        'required': False,
       },
       'disk': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^[0-9]+(Ki|Mi|Gi|Ti|K|M|G|T)$',
        },
        'required': False,
       },
       'shm': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^[0-9]+(Ki|Mi|Gi|Ti|K|M|G|T)$',
        },
        'required': False,
       },
       'limits': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'definition-ref',
         'schema_ref': 'Limits',
        },
        'required': False,
       },
       'gpu': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'typed-dict',
         'fields': {
          'count': {
           'type': 'typed-dict-field',
           'schema': {
            'type': 'int',
            'ge': 1,
           },
           'required': False,
          },
          'type': {
           'type': 'typed-dict-field',
           'schema': {
            'type': 'str',
            'min_length': 1,
           },
           'required': False,
          },
          'resource': {
           'type': 'typed-dict-field',
           'schema': {
            'type': 'str',
            'pattern': '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
           },
           'required': False,
          },
         },
         'extra_behavior': 'forbid',
         'config': {
          'extra_fields_behavior': 'forbid',
          'strict': True,
         },
         'ref': 'GpuDefaults',
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'ResourcesDefaults',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Defaults',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'secret': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
     },
     'required': True,
    },
    'key': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[A-Za-z0-9._-]{1,253}$',
     },
     'required': True,
    },
    'optional': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'SecretKey',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'config_map': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
     },
     'required': True,
    },
    'key': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[A-Za-z0-9._-]{1,253}$',
     },
     'required': True,
    },
    'optional': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'ConfigKey',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'field': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': "^(metadata\\.(name|namespace|uid|(labels|annotations)\\['[A-Za-z0-9./_-]{1,317}'\\])|spec\\.(nodeName|serviceAccountName)|status\\.(hostIPs?|podIPs?))$",
     },
     'required': True,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'PodField',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'node_selector': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'min_length': 1,
      },
      'values_schema': {
       'type': 'str',
      },
     },
     'required': False,
    },
    'tolerations': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'typed-dict',
       'fields': {
        'key': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'str',
          'min_length': 1,
         },
         'required': False,
        },
        'operator': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'literal',
          'expected': ['Equal', 'Exists'],
         },
         'required': False,
        },
        'value': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'str',
         },
         'required': False,
        },
        'effect': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'literal',
          'expected': ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
         },
         'required': False,
        },
        'tolerationSeconds': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'int',
          'ge': 0,
         },
         'required': False,
        },
       },
       'extra_behavior': 'forbid',
       'config': {
        'extra_fields_behavior': 'forbid',
        'strict': True,
       },
       'ref': 'Toleration',
      },
     },
     'required': False,
    },
    'volumes': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'typed-dict',
       'fields': {
        'mount_path': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'str',
          'pattern': '^/[^:]*$',
         },
         'required': True,
        },
        'sub_path': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'str',
          'min_length': 1,
         },
         'required': False,
        },
        'read_only': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'bool',
         },
         'required': False,
        },
        'persistentVolumeClaim': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'typed-dict',
          'fields': {
           'claimName': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'str',
             'min_length': 1,
            },
            'required': True,
           },
           'readOnly': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'bool',
            },
            'required': False,
           },
          },
          'extra_behavior': 'forbid',
          'config': {
           'extra_fields_behavior': 'forbid',
           'strict': True,
          },
          'ref': 'Claim',
         },
         'required': False,
        },
        'configMap': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
        'secret': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
        'emptyDir': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
        'hostPath': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
        'nfs': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
        'csi': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
        'ephemeral': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
        'projected': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
         'required': False,
        },
       },
       'extra_behavior': 'forbid',
       'config': {
        'extra_fields_behavior': 'forbid',
        'strict': True,
       },
       'ref': 'Volume',
      },
     },
     'required': False,
    },
    'service_account': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'image_pull_secrets': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'str',
       'min_length': 1,
      },
     },
     'required': False,
    },
    'image_pull_policy': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['Always', 'IfNotPresent', 'Never'],
     },
     'required': False,
    },
    'priority_class': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'termination_grace': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+(ms|s|m|h|d))+$',
     },
     'required': False,
    },
    'env_from': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'typed-dict',
       'fields': {
        'prefix': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'str',
          'min_length': 1,
         },
         'required': False,
        },
        'configMapRef': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'definition-ref',
          'schema_ref': 'Named',
         },
         'required': False,
        },
        'secretRef': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'definition-ref',
          'schema_ref': 'Named',
         },
         'required': False,
        },
       },
       'extra_behavior': 'forbid',
       'config': {
        'extra_fields_behavior': 'forbid',
        'strict': True,
       },
       'ref': 'EnvFrom',
      },
     },
     'required': False,
    },
    'affinity': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'nodeAffinity': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'keys_schema': {
          'type': 'str',
         },
         'values_schema': {
          'type': 'any',
         },
        },
        'required': False,
       },
       'podAffinity': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'keys_schema': {
          'type': 'str',
         },
         'values_schema': {
          'type': 'any',
         },
        },
        'required': False,
       },
       'podAntiAffinity': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'keys_schema': {
          'type': 'str',
         },
         'values_schema': {
          'type': 'any',
         },
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'Affinity',
     },
     'required': False,
    },
    'security_context': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'runAsUser': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'int',
         'ge': 0,
        },
        'required': False,
       },
       'runAsGroup': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'int',
         'ge': 0,
        },
        'required': False,
       },
       'runAsNonRoot': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'bool',
        },
        'required': False,
       },
       'seccompProfile': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'keys_schema': {
          'type': 'str',
         },
         'values_schema': {
          'type': 'any',
         },
        },
        'required': False,
       },
       'seLinuxOptions': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'keys_schema': {
          'type': 'str',
         },
         'values_schema': {
          'type': 'any',
         },
        },
        'required': False,
       },
       'appArmorProfile': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'keys_schema': {
          'type': 'str',
         },
         'values_schema': {
          'type': 'any',
         },
        },
        'required': False,
       },
       'fsGroup': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'int',
         'ge': 0,
        },
        'required': False,
       },
       'fsGroupChangePolicy': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'literal',
         'expected': ['OnRootMismatch', 'Always'],
        },
        'required': False,
       },
       'supplementalGroups': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'list',
         'items_schema': {
          'type': 'int',
          'ge': 0,
         },
        },
        'required': False,
       },
       'sysctls': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'list',
         'items_schema': {
          'type': 'dict',
          'keys_schema': {
           'type': 'str',
          },
          'values_schema': {
           'type': 'any',
          },
         },
        },
        'required': False,
       },
       'allowPrivilegeEscalation': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'bool',
        },
        'required': False,
       },
       'capabilities': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'keys_schema': {
          'type': 'str',
         },
         'values_schema': {
          'type': 'any',
         },
        },
        'required': False,
       },
       'privileged': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'bool',
        },
        'required': False,
       },
       'procMount': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'literal',
         'expected': ['Default', 'Unmasked'],
        },
        'required': False,
       },
       'readOnlyRootFilesystem': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'bool',
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'SecurityContext',
     },
     'required': False,
    },
    'labels': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'min_length': 1,
      },
      'values_schema': {
       'type': 'str',
      },
     },
     'required': False,
    },
    'annotations': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'min_length': 1,
      },
      'values_schema': {
       'type': 'str',
      },
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Kubernetes',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'name': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
     },
     'required': True,
    },
    'optional': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Named',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'source': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'include': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'str',
       'min_length': 1,
      },
      'min_length': 1,
     },
     'required': False,
    },
    'exclude': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'str',
       'min_length': 1,
      },
     },
     'required': False,
    },
    'mode': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['archive', 'image'],
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Code',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'enabled': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
    'key': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'max_age': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+(ms|s|m|h|d))+$',
     },
     'required': False,
    },
    'version': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'int',
      'ge': 0,
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Cache',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'cpu': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+m|[0-9]+(\\.[0-9]+)?)$',
     },
     'required': False,
    },
    'memory': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[0-9]+(Ki|Mi|Gi|Ti|K|M|G|T)$',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Limits',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'image': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^(([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(:[0-9]+)?/)?[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$',
     },
     'required': False,
    },
    'workdir': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'shell': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['sh', 'bash', 'python'],
     },
     'required': False,
    },
    'env': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[A-Za-z_][A-Za-z0-9_]*$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00text': {
         'type': 'str',
        },
        '\x00secret': {
         'type': 'definition-ref',
         'schema_ref': 'SecretKey',
        },
        '\x00config_map': {
         'type': 'definition-ref',
         'schema_ref': 'ConfigKey',
        },
        '\x00field': {
         'type': 'definition-ref',
         'schema_ref': 'PodField',
        },
       },
       'discriminator': tags.env_tag,
      },
     },
     'required': False,
    },
    'kubernetes': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Kubernetes',
     },
     'required': False,
    },
    'timeout': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+(ms|s|m|h|d))+$',
     },
     'required': False,
    },
    'code': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Code',
     },
     'required': False,
    },
    'cache': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Cache',
     },
     'required': False,
    },
    'run': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'tagged-union',
      'choices': {
       '\x00argv': {
        'type': 'list',
        'items_schema': {
         'type': 'str',
        },
        'min_length': 1,
       },
       '\x00script': {
        'type': 'str',
        'min_length': 1,
       },
      },
      'discriminator': tags.run_tag,
     },
     'required': False,
    },
    'python': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$',
     },
     'required': False,
    },
    'notebook': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[^/\\x00-\\x1f\\\\][^\\x00-\\x1f\\\\]*\\.ipynb$',
     },
     'required': False,
    },
    'retry': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Retry',
     },
     'required': False,
    },
    'resources': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Resources',
     },
     'required': False,
    },
    'targets': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Patches',
     },
     'required': False,
    },
    'uses': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'with': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'inputs': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00long': {
         'type': 'definition-ref',
         'schema_ref': 'TypedInput',
        },
        '\x00outside': {
         'type': 'definition-ref',
         'schema_ref': 'OutsideInput',
        },
        '\x00literal': {
         'type': 'any',
        },
       },
       'discriminator': tags.input_tag,
      },
     },
     'required': False,
    },
    'outputs': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00value': {
         'type': 'definition-ref',
         'schema_ref': 'ValueOutput',
        },
        '\x00artifact': {
         'type': 'definition-ref',
         'schema_ref': 'ArtifactOutput',
        },
       },
       'discriminator': tags.output_tag,
      },
     },
     'required': False,
    },
    'needs': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'str',
      },
     },
     'required': False,
    },
    'when': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'run_if': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['success', 'failure', 'always'],
     },
     'required': False,
    },
    'allow_failure': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
    'foreach': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'items': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'tagged-union',
         'choices': {
          '\x00items': {
           'type': 'list',
           'items_schema': {
            'type': 'any',
           },
          },
          '\x00expression': {
           'type': 'str',
           'min_length': 1,
          },
         },
         'discriminator': tags.items_tag,
        },
        'required': True,
       },
       'item_type': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'literal',
         'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
        },
        'required': False,
       },
       'max_parallel': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'int',
         'ge': 1,
        },
        'required': False,
       },
       'fail_fast': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'bool',
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'Foreach',
     },
     'required': False,
    },
    'matrix': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00items': {
         'type': 'list',
         'items_schema': {
          'type': 'any',
         },
        },
        '\x00expression': {
         'type': 'str',
         'min_length': 1,
        },
       },
       'discriminator': tags.items_tag,
      },
      'min_length': 1,
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Step',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'delay': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+(ms|s|m|h|d))+$',
     },
     'required': False,
    },
    'backoff': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'any',
     },
     'required': False,
    },
    'max_delay': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+(ms|s|m|h|d))+$',
     },
     'required': False,
    },
    'on': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'literal',
       'expected': ['error', 'timeout', 'lost'],
      },
      'min_length': 1,
     },
     'required': False,
    },
    'limit': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'int',
      'ge': 0,
     },
     'required': True,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Retry',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'cpu': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+m|[0-9]+(\\.[0-9]+)?)$',
     },
     'required': False,
    },
    'memory': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[0-9]+(Ki|Mi|Gi|Ti|K|M|G|T)$',
     },
     'required': False,
    },
    'disk': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[0-9]+(Ki|Mi|Gi|Ti|K|M|G|T)$',
     },
     'required': False,
    },
    'shm': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[0-9]+(Ki|Mi|Gi|Ti|K|M|G|T)$',
     },
     'required': False,
    },
    'limits': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Limits',
     },
     'required': False,
    },
    'gpu': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'count': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'int',
         'ge': 1,
        },
        'required': True,
       },
       'type': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'min_length': 1,
        },
        'required': False,
       },
       'resource': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'Gpu',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Resources',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'local': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'airflow': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'argo': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'kubeflow': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'vertex': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Patches',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'value': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'any',
     },
     'required': True,
    },
    'type': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
     },
     'required': False,
    },
    'items': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
     },
     'required': False,
    },
    'artifact': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['file', 'directory', 'dataset', 'model', 'metrics', 'report'],
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'TypedInput',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'uri': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': True,
    },
    'artifact': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['file', 'directory', 'dataset', 'model', 'metrics', 'report'],
     },
     'required': True,
    },
    'mode': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['fetch', 'reference'],
     },
     'required': False,
    },
    'digest': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^sha256:[0-9a-f]{64}$',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'OutsideInput',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'optional': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
    'description': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': False,
    },
    'format': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$',
     },
     'required': False,
    },
    'sensitive': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
    'type': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
     },
     'required': True,
    },
    'items': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
     },
     'required': False,
    },
    'default': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'any',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'ValueOutput',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'optional': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
    'description': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': False,
    },
    'format': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$',
     },
     'required': False,
    },
    'sensitive': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'bool',
     },
     'required': False,
    },
    'artifact': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['file', 'directory', 'dataset', 'model', 'metrics', 'report'],
     },
     'required': True,
    },
    'register': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'ArtifactOutput',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'sink': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'capture': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'literal',
       'expected': ['mlflow', 'tensorboard', 'wandb', 'git', 'code', 'packages', 'python', 'image', 'resources', 'env', 'logs'],
      },
     },
     'required': False,
    },
    'on_failure': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['warn', 'fail'],
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Records',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'name': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
     },
     'required': False,
    },
    'target': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[a-z][a-z0-9_-]*(@[0-9A-Za-z._-]+)?$',
     },
     'required': False,
    },
    'artifacts': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'params': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'defaults': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'steps': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'records': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'schedule': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'nullable',
      'schema': {
       'type': 'dict',
       'keys_schema': {
        'type': 'str',
       },
       'values_schema': {
        'type': 'any',
       },
      },
     },
     'required': False,
    },
    'notify': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'nullable',
      'schema': {
       'type': 'dict',
       'keys_schema': {
        'type': 'str',
       },
       'values_schema': {
        'type': 'any',
       },
      },
     },
     'required': False,
    },
    'kubernetes': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'targets': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'secrets': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
      },
      'values_schema': {
       'type': 'str',
       'pattern': '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
      },
     },
     'required': False,
    },
    'sidecar': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'deliver': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'literal',
         'expected': ['auto', 'inline', 'configmap', 'task', 'importer', 'image'],
        },
        'required': False,
       },
       'python': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^(([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(:[0-9]+)?/)?[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$',
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'Sidecar',
     },
     'required': False,
    },
    'cache': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'store': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'min_length': 1,
        },
        'required': False,
       },
       'environment': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'min_length': 1,
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'CacheStore',
     },
     'required': False,
    },
    'local': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'airflow': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'argo': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'kubeflow': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
    'vertex': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
      },
      'values_schema': {
       'type': 'any',
      },
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Profile',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'apiVersion': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['pipeglot/v1'],
     },
     'required': True,
    },
    'kind': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['Component'],
     },
     'required': True,
    },
    'metadata': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Metadata',
     },
     'required': True,
    },
    'inputs': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00value': {
         'type': 'definition-ref',
         'schema_ref': 'ValueParameter',
        },
        '\x00artifact': {
         'type': 'definition-ref',
         'schema_ref': 'ArtifactParameter',
        },
       },
       'discriminator': tags.output_tag,
      },
     },
     'required': False,
    },
    'image': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^(([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(:[0-9]+)?/)?[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$',
     },
     'required': False,
    },
    'workdir': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'min_length': 1,
     },
     'required': False,
    },
    'shell': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['sh', 'bash', 'python'],
     },
     'required': False,
    },
    'env': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[A-Za-z_][A-Za-z0-9_]*$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00text': {
         'type': 'str',
        },
        '\x00secret': {
         'type': 'definition-ref',
         'schema_ref': 'SecretKey',
        },
        '\x00config_map': {
         'type': 'definition-ref',
         'schema_ref': 'ConfigKey',
        },
        '\x00field': {
         'type': 'definition-ref',
         'schema_ref': 'PodField',
        },
       },
       'discriminator': tags.env_tag,
      },
     },
     'required': False,
    },
    'kubernetes': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Kubernetes',
     },
     'required': False,
    },
    'timeout': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^([0-9]+(ms|s|m|h|d))+$',
     },
     'required': False,
    },
    'code': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Code',
     },
     'required': False,
    },
    'cache': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Cache',
     },
     'required': False,
    },
    'run': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'tagged-union',
      'choices': {
       '\x00argv': {
        'type': 'list',
        'items_schema': {
         'type': 'str',
        },
        'min_length': 1,
       },
       '\x00script': {
        'type': 'str',
        'min_length': 1,
       },
      },
      'discriminator': tags.run_tag,
     },
     'required': False,
    },
    'python': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$',
     },
     'required': False,
    },
    'notebook': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[^/\\x00-\\x1f\\\\][^\\x00-\\x1f\\\\]*\\.ipynb$',
     },
     'required': False,
    },
    'retry': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Retry',
     },
     'required': False,
    },
    'resources': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Resources',
     },
     'required': False,
    },
    'targets': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Patches',
     },
     'required': False,
    },
    'outputs': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00value': {
         'type': 'definition-ref',
         'schema_ref': 'ValueOutput',
        },
        '\x00artifact': {
         'type': 'definition-ref',
         'schema_ref': 'ArtifactOutput',
        },
       },
       'discriminator': tags.output_tag,
      },
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Component',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'type': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
     },
     'required': True,
    },
    'items': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
     },
     'required': False,
    },
    'default': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'any',
     },
     'required': False,
    },
    'description': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'ValueParameter',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'artifact': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['file', 'directory', 'dataset', 'model', 'metrics', 'report'],
     },
     'required': True,
    },
    'description': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'ArtifactParameter',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'apiVersion': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['pipeglot/v1'],
     },
     'required': True,
    },
    'kind': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['Component'],
     },
     'required': True,
    },
    'metadata': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Metadata',
     },
     'required': True,
    },
    'inputs': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00value': {
         'type': 'definition-ref',
         'schema_ref': 'ValueParameter',
        },
        '\x00artifact': {
         'type': 'definition-ref',
         'schema_ref': 'ArtifactParameter',
        },
       },
       'discriminator': tags.output_tag,
      },
     },
     'required': False,
    },
    'steps': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_-]{0,39}$',
      },
      'values_schema': {
       'type': 'definition-ref',
       'schema_ref': 'Step',
      },
      'min_length': 1,
     },
     'required': True,
    },
    'outputs': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z][a-z0-9_]{0,39}$',
      },
      'values_schema': {
       'type': 'tagged-union',
       'choices': {
        '\x00value': {
         'type': 'definition-ref',
         'schema_ref': 'ValueResult',
        },
        '\x00artifact': {
         'type': 'definition-ref',
         'schema_ref': 'ArtifactResult',
        },
       },
       'discriminator': tags.output_tag,
      },
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Graph',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'value': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': True,
    },
    'description': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': False,
    },
    'type': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
     },
     'required': True,
    },
    'items': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['string', 'int', 'float', 'bool', 'list', 'dict', 'any'],
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'ValueResult',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'value': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': True,
    },
    'description': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
     },
     'required': False,
    },
    'artifact': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['file', 'directory', 'dataset', 'model', 'metrics', 'report'],
     },
     'required': True,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'ArtifactResult',
  },
  {
   'type': 'typed-dict',
   'fields': {
    'apiVersion': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['pipeglot/v1'],
     },
     'required': True,
    },
    'kind': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'literal',
      'expected': ['Base'],
     },
     'required': True,
    },
    'extends': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'str',
      'pattern': '^[^/\\x00-\\x1f\\\\][^\\x00-\\x1f\\\\]*\\.ya?ml$',
     },
     'required': False,
    },
    'metadata': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'typed-dict',
      'fields': {
       'description': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
        },
        'required': False,
       },
       'labels': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'keys_schema': {
          'type': 'str',
          'min_length': 1,
         },
         'values_schema': {
          'type': 'str',
         },
        },
        'required': False,
       },
      },
      'extra_behavior': 'forbid',
      'config': {
       'extra_fields_behavior': 'forbid',
       'strict': True,
      },
      'ref': 'BaseMetadata',
     },
     'required': False,
    },
    'defaults': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Defaults',
     },
     'required': False,
    },
    'records': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'definition-ref',
      'schema_ref': 'Records',
     },
     'required': False,
    },
    'profiles': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'dict',
      'keys_schema': {
       'type': 'str',
       'pattern': '^[a-z0-9][a-z0-9_-]{0,39}$',
      },
      'values_schema': {
       'type': 'definition-ref',
       'schema_ref': 'Profile',
      },
     },
     'required': False,
    },
   },
   'extra_behavior': 'forbid',
   'config': {
    'extra_fields_behavior': 'forbid',
    'strict': True,
   },
   'ref': 'Base',
  },
 ],
}
