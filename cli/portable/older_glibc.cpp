// Functions of newer glibcs that the static libraries of Debian 12 call, so that the program runs with the glibc of 2021 (2.34) as well.
#include <dlfcn.h>
#include <link.h>
#include <sys/random.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" {

// For libexpat, which keys its hash tables with it (glibc 2.36).
void arc4random_buf(void* bytes, std::size_t count) {
  auto* at = static_cast<unsigned char*>(bytes);
  while (count > 0) {
    const ssize_t got = getrandom(at, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) std::abort();
    at += got;
    count -= static_cast<std::size_t>(got);
  }
}

// For libstdc++'s std::random_device (glibc 2.36).
std::uint32_t arc4random() {
  std::uint32_t number = 0;
  arc4random_buf(&number, sizeof number);
  return number;
}

// For libgcc's unwinder (glibc 2.35), by the function that it called before: the loaded object that an address lies in, and its table of frames.
int _dl_find_object(void* address, dl_find_object* result) noexcept {
  struct Search {
    std::uintptr_t address;
    dl_find_object* result;
  } search{reinterpret_cast<std::uintptr_t>(address), result};
  const auto look = [](dl_phdr_info* object, std::size_t, void* data) {
    auto& wanted = *static_cast<Search*>(data);
    bool holds = false;
    std::uintptr_t start = UINTPTR_MAX, end = 0, frames = 0;
    for (int i = 0; i < object->dlpi_phnum; ++i) {
      const ElfW(Phdr)& part = object->dlpi_phdr[i];
      const std::uintptr_t from = object->dlpi_addr + part.p_vaddr;
      if (part.p_type == PT_GNU_EH_FRAME) frames = from;
      if (part.p_type != PT_LOAD) continue;
      start = from < start ? from : start;
      end = from + part.p_memsz > end ? from + part.p_memsz : end;
      holds = holds || (wanted.address >= from && wanted.address < from + part.p_memsz);
    }
    if (!holds || frames == 0) return 0;
    *wanted.result = {};
    wanted.result->dlfo_map_start = reinterpret_cast<void*>(start);
    wanted.result->dlfo_map_end = reinterpret_cast<void*>(end);
    wanted.result->dlfo_eh_frame = reinterpret_cast<void*>(frames);
    return 1;
  };
  return dl_iterate_phdr(look, &search) == 1 ? 0 : -1;
}

}  // extern "C"
