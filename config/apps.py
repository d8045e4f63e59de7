from django.apps import AppConfig


class ConfigApp(AppConfig):
    """The top layer; it hands the lower ones what they may use."""

    name = "config"
    verbose_name = "Cấu hình"

    def ready(self) -> None:
        """Tell the workers how their house is furnished, without building anything yet."""
        from django.conf import settings

        from archive import doorbell
        from config.seeing import keep_figures
        from config.wiring import build_house
        from workers.house import current, provide

        keep_figures(settings.TANGTHU_HOME)
        provide(build_house)
        doorbell.provide(lambda: current().doorbell)
