#!/usr/bin/env Rscript
# W in base R, whole columns, chunks of 10,000 trials.
#   usage: Rscript base_r.R PARAMETERS TRIALS PROCESSES SEED tables|exact
words <- commandArgs(TRUE)
folder <- words[1]; trials <- as.integer(words[2]); processes <- as.integer(words[3]); seed <- as.integer(words[4]); tabulated <- words[5] == "tables"
organisations <- 12; schemes <- 240; years <- 5; categories <- 8; chunk_size <- 10000; grace <- 1e-6
read <- function(name) read.csv(file.path(folder, name))
s <- as.matrix(read("schemes.csv")); o <- as.matrix(read("orgs.csv")); g <- as.list(read("globals.csv"))
owner <- s[, 2] + 1; category <- s[, 3] + 1; family <- s[, 4]; q <- s[, 5:9]; planned <- unname(s[, 11:15]); chance <- unname(s[, 16:33])
later <- cbind(0, planned[, 1:4]); latest <- cbind(0, 0, planned[, 1:3])
gap <- unname(o[, 2:6]); reserves <- unname(o[, 7])
own <- sqrt(1 - g$a2 - g$b2 - g$c2); pressure_own <- sqrt(1 - g$a2 - g$b2)

quantile_of <- function(i, u) {
  low <- q[i, 1]; mode <- q[i, 2]; high <- q[i, 3]
  if (family[i] == 0) low + (high - low) * qbeta(u, 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low))
  else if (family[i] == 1) ifelse(u < (mode - low) / (high - low), low + sqrt(u * (high - low) * (mode - low)),
                                  high - sqrt((1 - u) * (high - low) * (high - mode)))
  else if (family[i] == 2) qlnorm(u * plnorm(high, low, mode), low, mode)
  else approx(c(0, 0.1, 0.5, 0.9, 1), q[i, ], u)$y
}
score <- seq(-6, 6, length.out = 1025)
table <- if (tabulated) lapply(1:schemes, quantile_of, u = pnorm(score))

simulate <- function(n) {
  system <- sqrt(g$a2) * rnorm(n)
  of_owner <- system + sqrt(g$b2) * matrix(rnorm(organisations * n), n)
  of_category <- sqrt(g$c2) * matrix(rnorm(categories * n), n)
  saved <- array(0, c(n, organisations, years))
  for (i in 1:schemes) {
    k <- owner[i]
    together <- of_owner[, k] + of_category[, category[i]]
    x <- together + own * rnorm(n)
    share <- if (tabulated) approx(score, table[[i]], x, rule = 2)$y else quantile_of(i, pnorm(x))
    months <- findInterval(pnorm(-(together + own * rnorm(n))), chance[i, ], left.open = TRUE) / 12
    first <- pmin(months, 1); second <- months - first
    for (y in 1:years) saved[, k, y] <- saved[, k, y] +
      share * (planned[i, y] + first * (later[i, y] - planned[i, y]) + second * (latest[i, y] - later[i, y]))
  }
  peak <- matrix(0, n, organisations + 1); pool <- matrix(0, n, years)
  for (k in 1:organisations) {
    pressure <- 0; fall <- 0
    for (y in 1:years) {
      pressure <- g$phi * pressure - g$psigma * (of_owner[, k] + pressure_own * rnorm(n))
      margin <- saved[, k, y] - pressure - gap[k, y]
      pool[, y] <- pool[, y] + margin
      fall <- pmax(0, fall - margin)
      peak[, k] <- pmax(peak[, k], fall)
    }
  }
  fall <- 0
  for (y in 1:years) { fall <- pmax(0, fall - pool[, y]); peak[, organisations + 1] <- pmax(peak[, organisations + 1], fall) }
  peak
}
work <- function(task) {
  set.seed(seed * 64 + task$process)
  do.call(rbind, lapply(seq(0, task$trials - 1, chunk_size), function(start) simulate(min(chunk_size, task$trials - start))))
}
tasks <- lapply(1:processes, function(k) list(process = k, trials = trials %/% processes + (k <= trials %% processes)))
peak <- if (processes == 1) work(tasks[[1]]) else do.call(rbind, parallel::mclapply(tasks, work, mc.cores = processes, mc.set.seed = FALSE))

failed <- sweep(peak[, 1:organisations, drop = FALSE], 2, reserves + grace, ">")
count <- rowSums(failed)
ranks <- ceiling(c(.05, .1, .25, .5, .75, .8, .9, .95) * trials)
quantiles <- apply(peak, 2, function(x) { x <- sort(x); c(x[ranks], mean(x[ranks[8]:trials])) })
json <- function(x) paste0("[", paste(sprintf("%.9g", x), collapse = ","), "]")
cat(sprintf('{"trials": %d, "fails": %s, "pool": %.9g, "any": %.9g, "all": %.9g, "count": %s, "both": %s, "mean": %s, "quantiles": %s}\n',
  trials, json(colMeans(failed)), mean(peak[, organisations + 1] > sum(reserves) + grace), mean(count > 0), mean(count == organisations),
  json(tabulate(count + 1, organisations + 1) / trials), json(crossprod(failed) / trials), json(colMeans(peak)), json(quantiles)))
