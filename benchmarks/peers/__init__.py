"""Other ways to cluster news, on the same articles, vectors and scores as storybeam."""
