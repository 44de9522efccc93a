#pragma once

#include "app/window/history.h"
#include "core/figure/figure.h"
#include "core/report/manuscript.h"

#include <QJsonObject>
#include <QObject>
#include <QStringList>

#include <filesystem>
#include <functional>
#include <memory>

class QStackedWidget;

namespace vitrine
{

struct ComposedReport;
class FigureCache;
class ReportsPage;
class RoomPage;
class RoomShelf;
class Runner;
class ViewContext;

// The reports of a window: their page (made when it is first asked for), what they are made of, and
// their way into files.
class ReportDesk : public QObject
{
    Q_OBJECT
public:
    struct House { // what a report is made from, and with
        RoomShelf& rooms;
        Runner& runner;
        ViewContext& context;
        std::filesystem::path store;   // of the runs
        std::filesystem::path program; // that writes files, the same as the command line
    };
    ReportDesk(const House& house, QStackedWidget* pages, QObject* parent);
    ~ReportDesk() override;

    ReportsPage* page();
    bool isOpen() const { return page_ != nullptr; }
    QJsonObject state() const; // of the page, or what is kept for it
    void restore(const QJsonObject& state);

    void make(const QStringList& uids); // a new report of these runs, on the page
    // As it stands; a figure that does not say of which runs it is, is of those that `shown` shows
    // (may be nullptr).
    void add(const figure::Figure& figure, const RoomPage* shown);

signals:
    void changed(const vitrine::Change& change);
    void runsRequested();
    void message(const QString& line);

private:
    void compose(const report::Manuscript& manuscript,
                 std::function<void(const ComposedReport&)> done);
    void exportAs(const QString& ending);
    void open();
    void save();

    House house_;
    QStackedWidget* pages_;
    ReportsPage* page_ = nullptr;
    QJsonObject kept_;
    std::shared_ptr<FigureCache> figures_; // drawn once
};

} // namespace vitrine
