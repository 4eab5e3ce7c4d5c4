"""One module a manual, named like its folder with underscores: `BREAKS`, `CODE_BREAKS`, and `RULES`, how many rules
its cards cite."""
