#pragma once

#include "app/window/room_page.h"
#include "app/window/room_shelf.h"
#include "tests/app/window/counting_window.h"
#include "tests/support/fake_context.h"
#include "widgets/runner/runner.h"

#include <QSignalSpy>

// What stands behind a window, without one: the counting room, its workers and a store.
namespace vitrine::tests
{

class RoomBench : public CountingWindow
{
protected:
    RoomBench()
        : runner(folder.filePath("worker").toStdString()),
          shelf(
              source,
              [this](const RoomInfo& info, const Plugin& plugin) {
                  ++made;
                  return new RoomPage(info, plugin, context, runner, &parent);
              },
              nullptr)
    {
        QObject::connect(&shelf, &RoomShelf::message, &parent,
                         [this](const QString& line) { messages << line; });
        EXPECT_TRUE(runner.open(store()));
    }
    ~RoomBench() override { shelf.closeAll(); }

    std::filesystem::path store() const { return folder.filePath("bench.vitrine").toStdString(); }

    QStringList messages;
    int made = 0; // pages
    FakeContext context;
    Runner runner;
    QWidget parent;
    RoomShelf shelf;
};

} // namespace vitrine::tests
