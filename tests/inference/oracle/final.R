# The final model of the report in R, which test_final_model.py compares with: Rscript final.R, in
# this folder. Debian 12: r-base-core r-cran-sandwich r-cran-lmtest r-cran-lme4 r-cran-glmmtmb
# r-cran-jsonlite
suppressMessages({library(splines); library(sandwich); library(lmtest); library(lme4)
                  library(glmmTMB)})
tracks <- read.csv("tracks.csv", stringsAsFactors = TRUE)
tracks$explicit <- as.numeric(tracks$explicit == "True")
inside <- function(x) qlogis(pmin(pmax(x, 0.0005), 0.9995))
tracks <- transform(tracks,
  log_speechiness = log(pmax(speechiness, 0.0005)), logit_acousticness = inside(acousticness),
  logit_instrumentalness = inside(instrumentalness), log_liveness = log(pmax(liveness, 0.0005)),
  log_duration = log(duration_ms / 60000))
scores <- c("danceability", "energy", "loudness", "log_speechiness", "logit_acousticness",
            "logit_instrumentalness", "log_liveness", "tempo", "log_duration")
# natural cubic splines on the knots of mgcv's "cr" with five: they span what patsy's columns span
curve <- function(name, x) {
  knots <- quantile(unique(tracks[[name]]), 0:4 / 4)
  ns(x, knots = knots[2:4], Boundary.knots = knots[c(1, 5)])
}
design <- function(data) {
  blocks <- lapply(scores, function(name) curve(name, data[[name]]))
  genre <- model.matrix(~genre, data)[, -1]
  blocks <- c(blocks, list(genre, matrix(data$popularity), matrix(data$explicit)))
  names(blocks) <- c(scores, "genre", "popularity", "explicit")
  blocks
}
blocks <- design(tracks)
X <- do.call(cbind, blocks)
owner <- rep(names(blocks), sapply(blocks, ncol))
columns <- function(data) cbind(1, do.call(cbind, design(data)))

fit <- lm(tracks$valence ~ X)
cluster <- vcovCL(fit, cluster = tracks$artist)
hc3 <- vcovHC(fit, type = "HC3")
lost <- function(name) {
  without <- lm(tracks$valence ~ X[, owner != name])
  at <- 1 + which(owner == name)
  b <- unname(coef(fit)[at])
  c(f = sum(b * solve(cluster[at, at], b)) / length(at),
    r2_lost = summary(fit)$r.squared - summary(without)$r.squared)
}

# two values of each number: percentiles, a bound and the median of the rest, or no and yes
ends <- lapply(tracks[c(scores, "popularity")], function(x) {
  bound <- c(min(x), max(x))[which.max(c(mean(x == min(x)), mean(x == max(x))))]
  if (mean(x == bound) > 0.1) c(bound, median(x[x != bound])) else quantile(x, c(0.1, 0.9))
})
ends$explicit <- 0:1
set_to <- function(name, value) columns(replace(tracks, name, value))
differ <- function(name, coef, cov, logistic) {
  matrices <- lapply(unname(ends[[name]]), function(value) set_to(name, value))
  link <- if (logistic) plogis else identity
  rate <- if (logistic) dlogis else function(x) rep(1, length(x))
  means <- sapply(matrices, function(m) mean(link(m %*% coef)))
  rows <- sapply(matrices, function(m) colMeans(as.vector(rate(m %*% coef)) * m))
  row <- rows[, 2] - rows[, 1]
  c(difference = means[2] - means[1], error = sqrt(as.numeric(row %*% cov %*% row)))
}
all_of <- function(coef, cov, logistic = FALSE)
  lapply(setNames(names(ends), names(ends)),
         function(name) as.list(differ(name, coef, as.matrix(cov), logistic)))

n <- nrow(tracks)
logit <- glm(tracks$valence ~ X, family = quasibinomial, epsilon = 1e-14)
squeezed <- (tracks$valence * (n - 1) + 0.5) / n
beta <- glmmTMB(squeezed ~ X, data = list(squeezed = squeezed, X = X), family = beta_family())
# columns of one size, or the search stops early
scaled <- scale(X)
mixed <- lmer(tracks$valence ~ scaled + (1 | tracks$artist), REML = TRUE,
              control = lmerControl(optCtrl = list(xtol_abs = 1e-10, ftol_abs = 1e-12)))
back <- rbind(c(1, -attr(scaled, "scaled:center") / attr(scaled, "scaled:scale")),
              cbind(0, diag(1 / attr(scaled, "scaled:scale"))))
variances <- as.data.frame(VarCorr(mixed))$vcov

out <- list(
  versions = as.list(c(R = as.character(getRversion()), sapply(
    c("sandwich", "lme4", "glmmTMB"), function(p) as.character(packageVersion(p))))),
  r2 = summary(fit)$r.squared, fitted = unname(fitted(fit)),
  tests = lapply(setNames(names(blocks), names(blocks)), function(name) as.list(lost(name))),
  clustered = all_of(coef(fit), cluster), hc3 = all_of(coef(fit), hc3),
  logit = all_of(coef(logit), vcovCL(logit, cluster = tracks$artist, type = "HC1"), TRUE),
  beta = all_of(fixef(beta)$cond, vcov(beta)$cond, TRUE),
  mixed = all_of(as.vector(back %*% fixef(mixed)), back %*% as.matrix(vcov(mixed)) %*% t(back)),
  icc = variances[1] / sum(variances))
jsonlite::write_json(out, "final.json", digits = NA, auto_unbox = TRUE, pretty = 1)
