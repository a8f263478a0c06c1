// What an answer rests on, and what it comes to year by year: tables that a run's report and a board's page share.
#pragma once

#include <string>

#include "report/document.hpp"
#include "study/grounds.hpp"
#include "study/run.hpp"

namespace shortfall {

// Every driver of the answer, its value, and whether anybody chose it.
PageTable rests_on(const RunResult& run, const Grounds& grounds);
// What the planned saving's deliveries rest on: "23 % on evidence, 77 % on judgement"; empty: all is delivered already.
std::string grades_words(const RunResult& run);
// "spend ± 1 % a year, …": of most organisations.
std::string usual_pressure_words(const Grounds& grounds);

// How far the chance of failing is known, nine times in ten; or that nobody asked.
std::string how_far_known_words(const RunResult& run);

// Target, plan, what to expect and failed by then, of each organisation and year.
PageTable years_table(const RunResult& run, const Grounds& grounds);

// "£4.5m a year above the sum of the organisations' targets": what all, counted as one, are held to beside it; empty: no more and no less.
std::string own_target_words(const RunResult& run, const Grounds& grounds);

// Reserves to add to be 80 % sure, summed as their column is printed.
struct ReservesToAdd {
  double alone = 0;   // everyone by itself
  double agreed = 0;  // the pools, and those in none by themselves
};
ReservesToAdd reserves_as_printed(const RunResult& run, int digits);

// What it is worth a year, before what it comes to over all years.
std::string size_sentence(const RunResult& run);

}  // namespace shortfall
