# The numbers that tests/inference compares with: Rscript oracle.R, in this folder.
# Debian 12: r-base-core r-cran-sandwich r-cran-lmtest r-cran-lme4 r-cran-mgcv r-cran-glmmtmb
# r-cran-performance r-cran-car r-cran-jsonlite
suppressMessages({
  library(sandwich); library(lmtest); library(lme4); library(mgcv); library(glmmTMB)
  library(performance); library(car); library(jsonlite)
})
tracks <- read.csv("tracks.csv", stringsAsFactors = TRUE)
tracks$mode <- relevel(tracks$mode, "minor")
formula <- valence ~ danceability + energy + loudness + mode + genre + danceability:energy
main <- valence ~ danceability + energy + loudness + mode + genre
out <- list(versions = as.list(c(R = as.character(getRversion()), sapply(
  c("sandwich", "lmtest", "lme4", "mgcv", "glmmTMB", "performance", "car"),
  function(p) as.character(packageVersion(p))))))

fit <- lm(formula, tracks)
cluster <- vcovCL(fit, cluster = ~artist)
se <- function(v) as.list(sqrt(diag(v)))
out$lm <- list(
  coef = as.list(coef(fit)), classical = se(vcov(fit)), hc3 = se(vcovHC(fit, "HC3")),
  clustered = se(cluster), adjusted_r2 = summary(fit)$adj.r.squared, aic = AIC(fit) - 2,
  bic = BIC(fit) - log(nrow(tracks)), hat = unname(hatvalues(fit)),
  standardised = unname(rstandard(fit)), cook = unname(cooks.distance(fit)))
without <- lm(valence ~ danceability + energy + loudness + mode + danceability:energy, tracks)
wald <- waldtest(without, fit, vcov = cluster, test = "F")
out$wald <- list(genre_f = wald$F[2],
                 genre_partial_r2 = 1 - deviance(fit) / deviance(without))
out$tests <- list(
  breusch_pagan = unname(bptest(fit, ~ fitted(fit))$statistic),
  reset_f = unname(resettest(fit, power = 2:3, type = "fitted")$statistic),
  holm = p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"))
plain <- lm(main, tracks)
out$vif <- as.list(car::vif(plain)[, 1])

fractional <- glm(formula, quasibinomial, tracks, epsilon = 1e-14)
out$fractional <- list(coef = as.list(coef(fractional)),
                       clustered = se(vcovCL(fractional, cluster = ~artist, type = "HC1")))

n <- nrow(tracks)
tracks$inside <- (tracks$valence * (n - 1) + 0.5) / n
beta <- glmmTMB(update(formula, inside ~ .), tracks, family = beta_family())
out$beta <- list(coef = as.list(fixef(beta)$cond), precision = sigma(beta),
                 loglik = as.numeric(logLik(beta)))

mixed <- lmer(update(formula, . ~ . + (1 | artist)), tracks, REML = TRUE,
              control = lmerControl(optCtrl = list(xtol_abs = 1e-10, ftol_abs = 1e-12)))
sds <- as.data.frame(VarCorr(mixed))$sdcor
r2 <- performance::r2_nakagawa(mixed)
out$mixed <- list(
  coef = as.list(fixef(mixed)), error = as.list(sqrt(diag(as.matrix(vcov(mixed))))),
  artist_sd = sds[1], residual_sd = sds[2], reml = unname(REMLcrit(mixed)),
  icc = performance::icc(mixed)$ICC_adjusted,
  marginal_r2 = unname(r2$R2_marginal), conditional_r2 = unname(r2$R2_conditional),
  intercepts = as.list(setNames(ranef(mixed)$artist[[1]], rownames(ranef(mixed)$artist))))

# genres that cross artists and differ in slopes, made of the row numbers; scores as in with_shapes
i <- seq_len(n) - 1
style <- factor(i %% 5)
inside <- function(x) qlogis(pmin(pmax(x, 0.0005), 0.9995))
z <- with(tracks, scale(cbind(
  danceability, energy, loudness, speechiness = log(pmax(speechiness, 0.0005)),
  acousticness = inside(acousticness), instrumentalness = inside(instrumentalness),
  liveness = log(pmax(liveness, 0.0005)), tempo, duration = log(duration_ms / 60000))))
styled <- data.frame(z, style, artist = tracks$artist, y = tracks$valence +
  0.1 * (i %% 5 - 2) * (tracks$danceability - 0.6) + 0.1 * (i %% 5 == 1) * tracks$energy)
right <- paste(colnames(z), collapse = " + ")
# ten standard deviations are many for a search without gradients: the best of several searches
law <- as.formula(paste("y ~", right, "+ (1 +", right, "|| style) + (1 | artist)"))
fine <- lmerControl(optCtrl = list(xtol_abs = 1e-11, ftol_abs = 1e-13, maxeval = 1e5))
coarse <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
searches <- unlist(lapply(c(1, 0.3, 0.1), function(start) lapply(list(fine, coarse), function(how)
  lmer(law, styled, start = rep(start, 11), control = how))))
joint <- searches[[which.min(sapply(searches, REMLcrit))]]
# Henderson's equations, with the standard deviations that lme4 found
X <- getME(joint, "X")
scaled <- as.matrix(getME(joint, "Z") %*% t(getME(joint, "Lambdat")))
both <- cbind(X, scaled)
inverse <- solve(crossprod(both) + diag(rep(c(0, 1), c(ncol(X), ncol(scaled)))))
spread <- c(rep(1, ncol(X)), diag(getME(joint, "Lambdat")))
covariance <- sigma(joint)^2 * inverse * outer(spread, spread)
block <- getME(joint, "Gp") + ncol(X)
kinds <- sapply(getME(joint, "cnms"), identity)
errors <- sapply(colnames(z), function(name) {
  k <- which(kinds == name)
  own <- block[k] + 1:5
  fixed <- which(colnames(X) == name)
  sqrt(diag(covariance)[own] + covariance[fixed, fixed] + 2 * covariance[own, fixed])
})
parts <- as.data.frame(VarCorr(joint))
parts <- setNames(parts$vcov, ifelse(is.na(parts$var1), "residual",
                  ifelse(parts$grp == "artist", "artist", parts$var1)))
out$joint <- list(
  mean = as.list(fixef(joint)[-1]), mean_error = as.list(sqrt(diag(as.matrix(vcov(joint)))))[-1],
  slope = as.list(coef(joint)$style[, colnames(z)]), error = as.list(as.data.frame(errors)),
  variances = as.list(parts), scores = var(as.vector(X %*% fixef(joint))),
  reml = unname(REMLcrit(joint)))

smooth <- gam(valence ~ s(danceability, k = 6) + s(energy, k = 6) + s(loudness, k = 6),
              data = tracks, method = "GCV.Cp")
X <- model.matrix(smooth)
blocks <- lapply(smooth$smooth, function(s) X[, s$first.para:s$last.para])
names(blocks) <- c("danceability", "energy", "loudness")
# every third track is enough to compare the measures on, and keeps this file small
set.seed(1)
check <- k.check(smooth, subsample = n, n.rep = 400)
part <- gam(valence ~ s(danceability, k = 6) + s(energy, k = 6) + s(loudness, k = 6),
            data = tracks[seq(1, n, 3), ], method = "GCV.Cp")
XP <- model.matrix(part)
out$gam <- list(
  edf = summary(smooth)$edf, r2 = 1 - deviance(smooth) / smooth$null.deviance,
  residuals = signif(unname(residuals(smooth)), 10), k_index = unname(check[, "k-index"]),
  blocks = setNames(lapply(part$smooth, function(s) unname(signif(XP[, s$first.para:s$last.para], 12))),
                    names(blocks)),
  coef = setNames(lapply(part$smooth, function(s) unname(coef(part)[s$first.para:s$last.para])),
                  names(blocks)),
  concurvity = as.list(as.data.frame(t(concurvity(part)[, -1]))),
  fitted = signif(unname(fitted(smooth)), 10))
write_json(out, "oracle.json", digits = NA, auto_unbox = TRUE, pretty = 1)
