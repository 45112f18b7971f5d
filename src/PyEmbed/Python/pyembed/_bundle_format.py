"""The format of a bundle."""


class BundleError(ValueError):
    """An object, a rule or a bundle is not fit for what was asked. The message names the thing, the place and a remedy."""

    __module__ = 'pyembed.bundle'
