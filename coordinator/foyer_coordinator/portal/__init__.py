"""What members see in a browser. `portal.app.create_app` makes the web application."""
