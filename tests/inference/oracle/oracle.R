# The numbers that tests/inference compares with: Rscript oracle.R, in this folder.
# Debian 12: r-base-core r-cran-sandwich r-cran-lmtest r-cran-lme4 r-cran-glmmtmb r-cran-jsonlite
suppressMessages({library(sandwich); library(lmtest); library(lme4); library(glmmTMB)})
tracks <- read.csv("tracks.csv", stringsAsFactors = TRUE)
tracks$mode <- relevel(tracks$mode, "minor")
formula <- valence ~ danceability + energy + loudness + mode + genre + danceability:energy
out <- list(versions = as.list(c(R = as.character(getRversion()), sapply(
  c("sandwich", "lmtest", "lme4", "glmmTMB"), function(p) as.character(packageVersion(p))))))

fit <- lm(formula, tracks)
cluster <- vcovCL(fit, cluster = ~artist)
se <- function(v) as.list(sqrt(diag(v)))
out$lm <- list(
  coef = as.list(coef(fit)), clustered = se(cluster), hat = unname(hatvalues(fit)),
  standardised = unname(rstandard(fit)), cook = unname(cooks.distance(fit)))
without <- lm(valence ~ danceability + energy + loudness + mode + danceability:energy, tracks)
wald <- waldtest(without, fit, vcov = cluster, test = "F")
out$wald <- list(genre_f = wald$F[2],
                 genre_partial_r2 = 1 - deviance(fit) / deviance(without))
out$tests <- list(
  breusch_pagan = unname(bptest(fit, ~ fitted(fit))$statistic),
  reset_f = unname(resettest(fit, power = 2:3, type = "fitted")$statistic))

fractional <- glm(formula, quasibinomial, tracks, epsilon = 1e-14)
out$fractional <- list(coef = as.list(coef(fractional)),
                       clustered = se(vcovCL(fractional, cluster = ~artist, type = "HC1")))

n <- nrow(tracks)
tracks$inside <- (tracks$valence * (n - 1) + 0.5) / n
beta <- glmmTMB(update(formula, inside ~ .), tracks, family = beta_family())
out$beta <- list(coef = as.list(fixef(beta)$cond), loglik = as.numeric(logLik(beta)))

mixed <- lmer(update(formula, . ~ . + (1 | artist)), tracks, REML = TRUE,
              control = lmerControl(optCtrl = list(xtol_abs = 1e-10, ftol_abs = 1e-12)))
variances <- as.data.frame(VarCorr(mixed))$vcov
out$mixed <- list(
  coef = as.list(fixef(mixed)), error = as.list(sqrt(diag(as.matrix(vcov(mixed))))),
  icc = variances[1] / sum(variances))
jsonlite::write_json(out, "oracle.json", digits = NA, auto_unbox = TRUE, pretty = 1)
