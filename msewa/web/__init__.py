"""Web: what every route stands on: access, pages, errors, headers, languages."""
