"""What Vertex AI wants otherwise than Kubeflow."""
