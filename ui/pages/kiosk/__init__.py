"""The kiosk's pages: one file a page, drawn from the session and thrown away again."""
