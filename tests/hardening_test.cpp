// What a program that reads foreign files owes its user, read from the built binaries themselves.
#include <elf.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

struct Binary {
    fs::path file;
    std::vector<std::string> runPaths; // whole lists, as the loader reads them
    std::vector<std::string> imports;
    bool boundAtStart = false, readOnlyAfter = false;

    bool importsSome(std::string_view part) const
    {
        return std::ranges::any_of(
            imports, [&](const std::string& name) { return name.find(part) != name.npos; });
    }
};

// The `count` records of type T at `offset` of a file, empty where they do not lie within it.
template <typename T>
std::vector<T> recordsAt(const std::string& bytes, std::size_t offset, std::size_t count)
{
    if (offset > bytes.size() || count > (bytes.size() - offset) / sizeof(T))
        return {};
    std::vector<T> records(count);
    std::memcpy(records.data(), bytes.data() + offset, count * sizeof(T));
    return records;
}

std::string textAt(const std::string& bytes, std::size_t offset)
{
    return offset < bytes.size() ? std::string(bytes.c_str() + offset) : std::string();
}

// Nothing for what is no 64-bit ELF program or shared library.
std::optional<Binary> readBinary(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const auto heads = recordsAt<Elf64_Ehdr>(bytes, 0, 1);
    if (heads.empty() || std::memcmp(heads[0].e_ident, ELFMAG, SELFMAG) != 0 ||
        (heads[0].e_type != ET_DYN && heads[0].e_type != ET_EXEC))
        return std::nullopt;
    Binary binary{file, {}, {}};
    for (const auto& segment : recordsAt<Elf64_Phdr>(bytes, heads[0].e_phoff, heads[0].e_phnum))
        binary.readOnlyAfter |= segment.p_type == PT_GNU_RELRO;
    const auto sections = recordsAt<Elf64_Shdr>(bytes, heads[0].e_shoff, heads[0].e_shnum);
    for (const Elf64_Shdr& section : sections) {
        if (section.sh_link >= sections.size())
            continue;
        const std::size_t texts = sections[section.sh_link].sh_offset;
        if (section.sh_type == SHT_DYNAMIC) {
            for (const auto& entry : recordsAt<Elf64_Dyn>(bytes, section.sh_offset,
                                                          section.sh_size / sizeof(Elf64_Dyn))) {
                if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH)
                    binary.runPaths.push_back(textAt(bytes, texts + entry.d_un.d_val));
                binary.boundAtStart |=
                    entry.d_tag == DT_BIND_NOW ||
                    (entry.d_tag == DT_FLAGS && entry.d_un.d_val & DF_BIND_NOW) ||
                    (entry.d_tag == DT_FLAGS_1 && entry.d_un.d_val & DF_1_NOW);
            }
        } else if (section.sh_type == SHT_DYNSYM) {
            for (const auto& symbol : recordsAt<Elf64_Sym>(bytes, section.sh_offset,
                                                           section.sh_size / sizeof(Elf64_Sym)))
                if (symbol.st_shndx == SHN_UNDEF)
                    binary.imports.push_back(textAt(bytes, texts + symbol.st_name));
        }
    }
    return binary;
}

std::vector<Binary> binariesBelow(const fs::path& folder)
{
    std::vector<Binary> binaries;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && !entry.is_symlink())
            if (auto binary = readBinary(entry.path()))
                binaries.push_back(*std::move(binary));
    return binaries;
}

std::vector<Binary> builtBinaries()
{
    std::vector<Binary> all = binariesBelow(fs::path(VITRINE_BINARY_DIR) / "bin");
    for (auto& binary : binariesBelow(fs::path(VITRINE_BINARY_DIR) / "lib"))
        all.push_back(std::move(binary));
    return all;
}

// The elements of a list that the loader would take from wherever the program is started.
std::vector<std::string> elementsFromCurrentFolder(const std::string& list)
{
    std::vector<std::string> bad;
    std::istringstream elements(list + ":");
    for (std::string element; std::getline(elements, element, ':');)
        if (!element.starts_with("/") && element != "$ORIGIN" && !element.starts_with("$ORIGIN/"))
            bad.push_back("\"" + element + "\"");
    return bad;
}

TEST(Hardening, AnEmptyOrRelativeElementIsSeen)
{
    EXPECT_TRUE(elementsFromCurrentFolder("$ORIGIN/../lib:/usr/lib").empty());
    EXPECT_EQ(elementsFromCurrentFolder("$ORIGIN:").size(), 1u);
    EXPECT_EQ(elementsFromCurrentFolder("$ORIGIN::::/usr/lib").size(), 3u);
    EXPECT_EQ(elementsFromCurrentFolder("lib:$ORIGINAL").size(), 2u);
}

TEST(Hardening, NoLibraryIsLoadedFromTheCurrentFolder)
{
    const auto binaries = builtBinaries();
    ASSERT_GT(binaries.size(), 10u);
    for (const Binary& binary : binaries)
        for (const std::string& list : binary.runPaths)
            EXPECT_EQ(elementsFromCurrentFolder(list), std::vector<std::string>())
                << binary.file << " has " << list;
}

TEST(Hardening, SymbolsAreBoundAtStartAndThenReadOnly)
{
    for (const Binary& binary : builtBinaries()) {
        EXPECT_TRUE(binary.boundAtStart) << binary.file;
        EXPECT_TRUE(binary.readOnlyAfter) << binary.file;
    }
}

TEST(Hardening, StacksAreGuardedAndCopiesChecked)
{
#ifdef VITRINE_SANITIZED
    GTEST_SKIP() << "the sanitizers have checks of their own";
#endif
    bool checked = false;
    for (const Binary& binary : builtBinaries()) {
        EXPECT_TRUE(binary.importsSome("__stack_chk_fail")) << binary.file;
        checked |= binary.importsSome("memcpy_chk") || binary.importsSome("read_chk");
    }
    EXPECT_TRUE(checked) << "no binary uses a checked copy: is _FORTIFY_SOURCE set?";
}

// Every one of our sources, not only those in which the compiler found something to check.
TEST(Hardening, EverySourceIsCompiledWithTheChecks)
{
#ifdef VITRINE_SANITIZED
    GTEST_SKIP() << "the sanitizers have checks of their own";
#endif
    std::ifstream commands(fs::path(VITRINE_BINARY_DIR) / "compile_commands.json");
    int sources = 0;
    for (std::string line; std::getline(commands, line);) {
        if (line.find("\"command\":") == line.npos)
            continue;
        ++sources;
        EXPECT_NE(line.find("-fstack-protector-strong"), line.npos) << line;
        EXPECT_NE(line.find("_FORTIFY_SOURCE=2"), line.npos) << line;
    }
    EXPECT_GT(sources, 50);
}

TEST(Hardening, WhatIsInstalledIsWhatWasBuilt)
{
    if (!std::getenv("VITRINE_TEST_FULL"))
        GTEST_SKIP() << "installs everything; VITRINE_TEST_FULL=1 runs it";
    const fs::path folder =
        fs::temp_directory_path() / ("vitrine-hardening-test-" + std::to_string(::getpid()));
    fs::remove_all(folder);
    const std::string command =
        "cmake --install " VITRINE_BINARY_DIR " --prefix " + folder.string() + " >/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const auto installed = binariesBelow(folder);
    EXPECT_GT(installed.size(), 10u);
    for (const Binary& binary : installed) {
        EXPECT_TRUE(binary.boundAtStart) << binary.file;
        for (const std::string& list : binary.runPaths)
            EXPECT_EQ(elementsFromCurrentFolder(list), std::vector<std::string>()) << binary.file;
    }
    fs::remove_all(folder);
}

} // namespace
} // namespace vitrine
