// Two parts of a whole added up, by the list of fields that archives are written from (sim/archive): counts and sums add, vectors and arrays do so
// element by element, and of maps, whose keys say where in the whole an entry belongs, each takes the other's entries. A type whose parts do not
// simply add up has a member merge of its own.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <map>
#include <type_traits>
#include <vector>

#include "sim/archive.hpp"

namespace shortfall {

template <class T>
void merge(T& ours, const T& theirs);

// Where the fields of a value stand, in the order of its list.
class FieldAddresses {
 public:
  template <class T>
  void operator()(const T& value) {
    assert(count_ < at_.size());
    at_[count_++] = &value;
  }
  template <class T>
  void same(const T& value) {
    (*this)(value);
  }
  template <class T>
  void any(const std::vector<T>& values) {
    (*this)(values);
  }
  const void* operator[](std::size_t field) const { return at_[field]; }

 private:
  std::array<const void*, 32> at_{};
  std::size_t count_ = 0;
};

// Visits the same list of another value of the same type, and adds each field of the first to it.
class FieldMerger {
 public:
  explicit FieldMerger(const FieldAddresses& theirs) : theirs_(theirs) {}

  template <class T>
  void operator()(T& ours) {
    shortfall::merge(ours, next<T>());
  }
  template <class T>
  void same([[maybe_unused]] const T& ours) {
    [[maybe_unused]] const T& theirs = next<T>();
    assert(ours == theirs);
  }
  // An empty vector adds nothing.
  template <class T>
  void any(std::vector<T>& ours) {
    const std::vector<T>& theirs = next<std::vector<T>>();
    if (ours.empty())
      ours = theirs;
    else if (!theirs.empty())
      shortfall::merge(ours, theirs);
  }

 private:
  template <class T>
  const T& next() {
    return *static_cast<const T*>(theirs_[field_++]);
  }

  const FieldAddresses& theirs_;
  std::size_t field_ = 0;
};

template <class T>
void merge_elements(std::vector<T>& ours, const std::vector<T>& theirs) {
  assert(ours.size() == theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) merge(ours[i], theirs[i]);
}
template <class T, std::size_t N>
void merge_elements(std::array<T, N>& ours, const std::array<T, N>& theirs) {
  for (std::size_t i = 0; i < N; ++i) merge(ours[i], theirs[i]);
}
template <class T>
void merge_elements(std::map<std::uint64_t, T>& ours, const std::map<std::uint64_t, T>& theirs) {
  ours.insert(theirs.begin(), theirs.end());
}

template <class T>
void merge(T& ours, const T& theirs) {
  if constexpr (is_plain<T>) {
    ours += theirs;
  } else if constexpr (requires { ours.merge(theirs); }) {
    ours.merge(theirs);
  } else if constexpr (requires { merge_elements(ours, theirs); }) {
    merge_elements(ours, theirs);
  } else {
    FieldAddresses addresses;
    T::each_field(theirs, addresses);
    T::each_field(ours, FieldMerger(addresses));
  }
}

}  // namespace shortfall
