"""Tests of app.services over the real store."""
