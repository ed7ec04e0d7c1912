"""The document camera (高拍仪): where its pictures come from, and the sheet on which pages are taken."""
