"""A plugin of QGIS: packed as a zip, it runs inside QGIS and calls the installed command; it imports nothing of ours."""


def classFactory(iface):  # type: ignore[no-untyped-def]
    """Return the plugin; QGIS calls this by its name."""
    from .plugin import Plugin

    return Plugin(iface)  # type: ignore[no-untyped-call]
