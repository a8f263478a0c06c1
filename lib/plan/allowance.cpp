#include "plan/allowance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

constexpr std::string_view blanks = " \t\r";

struct Allowance {
  Place place;
  int line = 0;  // that it speaks of
  std::string code, reason;
  bool used = false;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// The next word, which `text` loses.
std::string_view word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view out = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(out.size());
  return out;
}

std::vector<Allowance> allowances_of(const Source& source) {
  std::vector<Allowance> out;
  const auto file = std::make_shared<const std::string>(source.name);
  std::vector<std::size_t> waiting;  // on lines of their own: they speak of the next line that is no comment
  std::string_view rest = source.text;
  for (int number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::string_view content = trimmed(line);
    const bool alone = content.starts_with('#');
    const std::size_t hash = line.find("# shortfall:");
    if (!alone && !content.empty()) {
      for (const std::size_t k : waiting) out[k].line = number;
      waiting.clear();
    }
    if (hash == std::string_view::npos || (hash > 0 && blanks.find(line[hash - 1]) == std::string_view::npos)) continue;
    std::string_view words = line.substr(hash + std::string_view("# shortfall:").size());
    if (word(words) != "allow") continue;
    Allowance a{{file, number, static_cast<int>(hash) + 1}, number, std::string(word(words)), {}, false};
    a.reason = printable(trimmed(words), 400);
    out.push_back(std::move(a));
    if (alone) waiting.push_back(out.size() - 1);
  }
  return out;
}

std::string why_idle(const Allowance& a) {
  std::vector<std::string> known;
  for (const CodeEntry& e : codes())
    if (e.severity == Severity::warning && e.code != Code::idle_allowance) known.emplace_back(e.name);
  const std::optional<Code> code = find_code(a.code);
  if (!code)
    return fmt::format("allows '{}', which is no warning{} ('shortfall help codes' lists them)", printable(a.code, 60), did_you_mean(a.code, known));
  if (entry_of(*code).severity == Severity::error) return fmt::format("allows {}, which is an error; an error is mended", a.code);
  if (a.reason.empty()) return fmt::format("allows {} without saying why; add the reason after it", a.code);
  return fmt::format("allows {}, of which there is none on line {}; delete it", a.code, a.line);
}

}  // namespace

Allowed allow(const Problems& problems, const std::vector<Source>& sources) {
  std::vector<Allowance> all;
  for (const Source& source : sources)
    if (source.text.find("# shortfall:") != std::string::npos) {
      std::vector<Allowance> here = allowances_of(source);
      std::move(here.begin(), here.end(), std::back_inserter(all));
    }
  std::map<std::tuple<std::string, int, std::string>, Allowance*> by_place;
  for (Allowance& a : all)
    if (!a.reason.empty()) by_place.emplace(std::tuple(*a.place.file, a.line, a.code), &a);
  Allowed out;
  for (const Problem& p : problems) {
    const auto at = p.severity() == Severity::error || !p.place.file ? by_place.end()
                                                                     : by_place.find({*p.place.file, p.place.line, std::string(name_of(p.code))});
    if (at == by_place.end()) {
      out.left.push_back(p);
    } else {
      at->second->used = true;
      out.allowed.push_back({p, at->second->reason});
    }
  }
  for (const Allowance& a : all)
    if (!a.used) out.left.push_back({a.place, Code::idle_allowance, why_idle(a)});
  if (!all.empty()) out.left = sorted(std::move(out.left));
  return out;
}

}  // namespace shortfall
