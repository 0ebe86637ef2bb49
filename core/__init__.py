"""The engine of facestudio: the document, the models and the verbs; it knows no Qt."""
