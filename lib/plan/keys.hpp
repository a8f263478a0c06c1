// The keys that a plan's files may have: one table, which the reader's hints, schemas and help share.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace shortfall {

// What a key's value is. Where that is a map of other keys, or one of some words, PlanKey::inner says which.
enum class KeyShape {
  any,
  text,
  texts,        // a list of them
  text_by_key,  // under keys of one's own
  id,
  ids,
  earlier_ids,  // an id, or a list of them; of a scheme also organisation/scheme
  number,       // also as text: £1.2m
  numbers,
  share,   // 0.3 or 30%
  yearly,  // a number, or a list of one a year
  yearly_by_id,
  yearly_by_key,  // under names of one's own
  share_by_id,
  boolean,
  month,
  years,
  word,  // one of inner: "a|b"
  distribution,
  map,              // of the scope inner
  each,             // by id, a map of the scope inner each
  list,             // of maps of the scope inner
  gates,            // a list of texts, or a map of the scope inner
  pools,            // lists of ids, or maps of the scope inner
  none_or_map,      // the word none, or a map of the scope inner
  saving,           // yearly, or a map of the scope inner
  outcome,          // a map of the scope "outcome", or a list of them
  records,          // a number, or a map of the scope inner
  stages,           // by stage, a share or a map of the scope inner
  rates,            // by kind of organisation, a map of the scope inner
  columns_by_year,  // by year, a text or a list of them
};

struct PlanKey {
  std::string_view scope;  // what map it stands in: "system", "organisation", "scheme", …
  std::string_view key;
  std::string_view form;         // what is written there
  std::string_view unless_said;  // the default; "required"; nothing: there is none
  std::string_view words;
  KeyShape shape;
  std::string_view inner;
};

// The scopes of the file that says what a tracker's columns stand for, and of no plan.
bool is_of_mapping(std::string_view scope);

std::span<const PlanKey> plan_keys();

// Where a key would belong that a map does not have: " (it belongs in a scheme)"; nothing where no map has it.
std::string where_it_belongs(std::string_view key);

}  // namespace shortfall
