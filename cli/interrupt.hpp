// Ctrl-C stops the program at once, says in one line what is lost and what is kept, and leaves nothing half-written.
#pragma once

#include <functional>
#include <string>

namespace shortfall {

// From now on SIGINT ends the program with status 130, SIGTERM and SIGHUP with 143 and 129. To be called before any thread is started.
void stop_at_once_when_interrupted();

// What is said when that happens while this lives, in the place of "nothing is written". The words are asked for once, in a thread of their own, and
// may first bring into order what is to be kept.
class LastWords {
 public:
  explicit LastWords(std::function<std::string()> words);
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;
};

}  // namespace shortfall
