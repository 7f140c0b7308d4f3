"""Who is admitted: members suspended and removed, rosters drawn up, signatures collected."""
