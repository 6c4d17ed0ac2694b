"""Speed, memory and hit rates, measured in one run and given as ratios where another machine would give other figures."""
