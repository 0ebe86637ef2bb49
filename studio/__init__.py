"""The desktop application: wiring of widgets and engine. It alone knows both."""
