"""Entry points and wiring: the graph, the command line, the reader."""
