"""Turn pages into a site: templates, formulas, fonts, security policy, and checks that the languages agree."""
