"""How layers look: layers and schemes come in, colours, classes and legends go out."""
