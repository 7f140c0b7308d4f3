"""The page kit that both web faces share: words, charts, templates. No database, no network."""
