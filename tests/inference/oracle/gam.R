# The additive models that tests/inference/test_gam.py compares with: Rscript gam.R, in this folder.
# Debian 12: r-base-core r-cran-mgcv r-cran-jsonlite
suppressMessages({library(mgcv); library(jsonlite)})
tracks <- read.csv("tracks.csv", stringsAsFactors = TRUE)
inside <- function(x) qlogis(pmin(pmax(x, 0.0005), 0.9995))
tracks <- transform(tracks,
  speechiness = log(pmax(speechiness, 0.0005)), acousticness = inside(acousticness),
  instrumentalness = inside(instrumentalness), liveness = log(pmax(liveness, 0.0005)),
  duration = log(duration_ms / 60000), metre = factor(time_signature))
names <- c("danceability", "energy", "loudness", "speechiness", "acousticness",
           "instrumentalness", "liveness", "tempo", "duration", "popularity")
factors <- "+ explicit + key + mode + metre + genre"
# whole artists
fold <- as.integer(gsub("artist ", "", tracks$artist)) %% 5

# the same 20 B-splines as pyGAM's, on knots a hair outside the data
place <- function(x, basis = 20) {
  ends <- range(x) + c(-1, 1) * 1e-9 * diff(range(x))
  ends[1] + diff(ends) / (basis - 3) * (-3:basis)
}
knots <- lapply(tracks[names], place)
smooths <- list(
  ps = paste0("s(", names, ", bs = 'ps', k = 20, m = c(2, 2))"), tp = paste0("s(", names, ")"))

describe <- function(kind) {
  law <- as.formula(paste("valence ~", paste(smooths[[kind]], collapse = " + "), factors))
  fit <- function(rows) gam(law, data = tracks[rows, ], knots = knots, method = "REML",
                            control = gam.control(newton = list(conv.tol = 1e-9)))
  whole <- fit(seq_len(nrow(tracks)))
  at <- as.data.frame(lapply(tracks[names], quantile, probs = seq(0.05, 0.95, 0.1)))
  at <- cbind(at, tracks[seq_len(nrow(at)), c("explicit", "key", "mode", "metre", "genre")])
  effects <- predict(whole, at, type = "terms")[, paste0("s(", names, ")")]
  r2 <- sapply(0:4, function(k) {
    held <- tracks[fold == k, ]
    1 - sum((held$valence - predict(fit(fold != k), held))^2) /
      sum((held$valence - mean(held$valence))^2)
  })
  list(edf = setNames(as.list(summary(whole)$edf), names), r2 = r2,
       effects = setNames(as.list(as.data.frame(effects)), names))
}

# mgcv's concurvity passes 1 where splines lie beyond the tracks: few splines, few features
some <- c("danceability", "energy", "loudness")
law <- paste("valence ~ genre +",
             paste0("s(", some, ", bs = 'ps', k = 6, m = c(2, 2))", collapse = " + "))
few <- gam(as.formula(law), data = tracks, knots = lapply(tracks[some], place, basis = 6),
           method = "REML")
shares <- concurvity(few)[, -1]
out <- list(versions = list(R = as.character(getRversion()),
                            mgcv = as.character(packageVersion("mgcv"))),
            ps = describe("ps"), tp = describe("tp"),
            concurvity = as.list(as.data.frame(t(shares))))
write_json(out, "gam.json", digits = 10, auto_unbox = TRUE, pretty = 1)
