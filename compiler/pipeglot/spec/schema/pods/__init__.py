"""The objects of Kubernetes that a spec holds verbatim: their models, tables and checks."""
