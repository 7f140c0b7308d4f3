"""The operator's commands about rounds that come by themselves."""
