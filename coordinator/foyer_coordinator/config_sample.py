"""What follows `[network]` in a new `coordinator.toml`: every other setting, commented out."""

REST = """\
[database]
# url = ""                       # empty: an SQLite file in this folder
# url = "postgresql://foyer@db.example.org/foyer?passfile=/etc/foyer/pgpass"

[listen]                         # for nodes; all three ports speak TLS
# host = "0.0.0.0"
# public_host = "localhost"      # the name in invitations and in the certificate
# enrolment_port = 7001
# control_port = 7002
# fleet_port = 7003

[portal]                         # for browsers; put a proxy with TLS in front
# host = "127.0.0.1"
# port = 7000
# public_url = ""                # e.g. "https://figures.example.org"
# link_seconds = 900             # how long a sign-in link is good
# session_seconds = 43200
# language = "en"

[entra]                          # signing in with Microsoft; see coordinator/docs/sign-in.md
# client_id = ""
# secret_file = ""               # e.g. "keys/entra.secret", in this folder
# tenants = []                   # directory ids that may sign in
# authority = "https://login.microsoftonline.com"

[google]                         # signing in with Google Workspace
# client_id = ""
# secret_file = ""
# domains = []                   # e.g. ["museum.example"]

[openid]                         # signing in with another OpenID provider
# client_id = ""
# secret_file = ""
# issuer = ""                    # e.g. "https://login.example.org"
# title = "OpenID"

[rounds]
# report_seconds = 3600          # how long a round waits for nodes
# answer_seconds = 600           # and then for its helpers
# second_person = true           # who proposed a round does not launch it
"""
