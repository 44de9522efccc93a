#include "core/jobs/experiment/trainer.h"

#include <dlfcn.h>

#include <filesystem>

namespace vitrine
{
namespace
{

constexpr const char* kLibrary = "libvitrine-trainer.so";
constexpr const char* kMaker =
    "vitrineCreateTrainer"; // extern "C" vitrine::Trainer* vitrineCreateTrainer()

} // namespace

Result<std::unique_ptr<Trainer>> openTrainer()
{
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    std::filesystem::path path;
    for (const char* folder : {"../lib/vitrine", "../lib"})
        if (path.empty() && std::filesystem::exists(program / folder / kLibrary, error))
            path = program / folder / kLibrary;
    if (path.empty())
        return failure(
            "cannot train: {} is not beside the program; build with libtorch-dev installed",
            kLibrary);

    // libtorch and sentencepiece both carry protobuf: each must find its own (RTLD_DEEPBIND). Stays
    // open for the process.
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!library) {
        const char* reason = ::dlerror();
        return failure("cannot train: {} (is libtorch1.13 installed?)",
                       reason ? reason : path.c_str());
    }
    const auto make = reinterpret_cast<Trainer* (*)()>(::dlsym(library, kMaker));
    if (!make)
        return failure("cannot train: {} has no function {}", path.string(), kMaker);
    return std::unique_ptr<Trainer>(make());
}

} // namespace vitrine
