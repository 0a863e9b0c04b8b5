"""The pure core: batches of embedded articles in, decisions and tables out. No Beam here."""
