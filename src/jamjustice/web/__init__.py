"""What a browser, a program or a harvester asks for over HTTP."""
