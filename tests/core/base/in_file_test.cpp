#include "core/base/in_file.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

std::string named(std::string message, std::string_view path)
{
    return inFile({ErrorKind::input, std::move(message)}, path).message;
}

TEST(InFile, NamesTheFileWhereTheMessageDoesNot)
{
    EXPECT_EQ(named("byte 3 is malformed", "/data/notes.txt"),
              "cannot read /data/notes.txt: byte 3 is malformed");
    EXPECT_EQ(named("cannot read notes.txt: line 2 is empty", "/data/notes.txt"),
              "cannot read notes.txt: line 2 is empty");
    EXPECT_EQ(named("/data/notes.txt: line 2", "/data/notes.txt"), "/data/notes.txt: line 2");
}

TEST(InFile, APieceOfAWordNamesNoFile)
{
    EXPECT_EQ(named("cannot read it", "a"), "cannot read a: cannot read it");
    EXPECT_EQ(named("see a.", "a"), "see a.");
}

TEST(InFile, StaysOneLine)
{
    EXPECT_EQ(named("it is empty", "two\nlines"), "cannot read two?lines: it is empty");
}

TEST(InFile, KeepsValuesAndKinds)
{
    EXPECT_EQ(inFile("x", Result<int>(7)), 7);
    EXPECT_EQ(inFile("x", Result<int>(argumentError("no"))).error().kind, ErrorKind::argument);
}

} // namespace
} // namespace vitrine
