"""What a round will cost and show, who stands behind it, and when rounds come by themselves."""
