#include "widgets/page/splitters.h"

#include <QJsonArray>
#include <QWidget>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

struct Splitters : testing::Test {
    QWidget page;
    QSplitter* splitter = makeSplitter(
        Qt::Horizontal, {new QWidget(&page), new QWidget(&page), new QWidget(&page)}, &page);

    Splitters()
    {
        splitter->setGeometry(0, 0, 616, 300); // three panels of 600 in all, two handles of 8
        page.resize(616, 300);
        arrangeSplitter(splitter, "wide", {100, 200, 300}, {0, 1, 0});
        page.show();
    }
};

TEST_F(Splitters, KeepASizePerArrangement)
{
    EXPECT_EQ(splitter->sizes(), (QList<int>{100, 200, 300}));
    QJsonObject kept = withSizesOf(*splitter, {{"narrow", QJsonArray{1, 2, 3}}});
    EXPECT_EQ(kept["wide"], (QJsonArray{100, 200, 300}));
    EXPECT_EQ(kept["narrow"], (QJsonArray{1, 2, 3}));

    kept["wide"] = QJsonArray{250, 150, 200};
    applySplitters({splitter}, kept);
    EXPECT_EQ(splitter->sizes(), (QList<int>{250, 150, 200}));
}

TEST_F(Splitters, IgnoreSizesThatDoNotFit)
{
    for (const QJsonArray& wrong : {QJsonArray{300, 300}, QJsonArray{600, 0, 0}, QJsonArray{}}) {
        applySplitters({splitter}, {{"wide", wrong}});
        EXPECT_EQ(splitter->sizes(), (QList<int>{100, 200, 300}));
    }
}

TEST_F(Splitters, NoPanelCollapses)
{
    EXPECT_FALSE(splitter->childrenCollapsible());
}

} // namespace
} // namespace vitrine
