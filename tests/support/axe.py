"""Where axe-core is, which looks for barriers in a page."""

from support.paths import ROOT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
