"""Every chapter's figures, tables and sentences under one name each, as the report calls them."""
# ruff: noqa: F401 - an import of a module makes it an attribute of its package

import analysis.reporting.figures.derivation
import analysis.reporting.figures.replication
import analysis.reporting.prose.audio
import analysis.reporting.prose.derivation
import analysis.reporting.prose.elsewhere
import analysis.reporting.prose.replication
import analysis.reporting.tables.derivation
import analysis.reporting.tables.elsewhere
import analysis.reporting.tables.replication
from analysis.reporting import figures, prose, tables
