"""Gap: slapgrid bootstraps a software with `python -S`, which skips .pth files, and so this layer.

Bootstrapping reads the whole profile: without the layer a real SlapOS profile is read exponentially often there.
The option protects an installation whose site-packages are shared with others; the engine's environment is its own.
"""


def repair(module):
    slap_popen = module.SlapPopen
    bootstrap = module.bootstrapBuildout

    class WithSite(slap_popen):
        def __init__(self, arguments, *rest, **options):
            super().__init__([word for word in arguments if word != "-S"], *rest, **options)

    def bootstrap_with_site(*arguments, **options):
        module.SlapPopen = WithSite
        try:
            return bootstrap(*arguments, **options)
        finally:
            module.SlapPopen = slap_popen

    module.bootstrapBuildout = bootstrap_with_site
