"""How pages become a site: templates, formulas, fonts, security policy, checks of the languages."""
