# The numbers that tests/inference compares with: Rscript oracle.R, in this folder.
# Debian 12: r-base-core r-cran-sandwich r-cran-lmtest r-cran-lme4 r-cran-mgcv r-cran-glmmtmb
# r-cran-metafor r-cran-performance r-cran-car r-cran-jsonlite
suppressMessages({
  library(sandwich); library(lmtest); library(lme4); library(mgcv); library(glmmTMB)
  library(metafor); library(performance); library(car); library(jsonlite)
})
tracks <- read.csv("tracks.csv", stringsAsFactors = TRUE)
tracks$mode <- relevel(tracks$mode, "minor")
formula <- valence ~ danceability + energy + loudness + mode + genre + danceability:energy
main <- valence ~ danceability + energy + loudness + mode + genre
out <- list(versions = as.list(c(R = as.character(getRversion()), sapply(
  c("sandwich", "lmtest", "lme4", "mgcv", "glmmTMB", "metafor", "performance", "car"),
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

estimates <- c(0.10, 0.02, -0.05, 0.21, 0.08, 0.15)
errors <- c(0.03, 0.04, 0.02, 0.05, 0.03, 0.06)
pooled <- rma(estimates, sei = errors, method = "PM", control = list(tol = 1e-12))
out$pooled <- list(estimates = estimates, errors = errors, tau2 = pooled$tau2,
                   mean = as.numeric(pooled$beta), error = pooled$se, blup = blup(pooled)$pred,
                   blup_error = blup(pooled)$se)

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
