#pragma once

#include <QJsonObject>
#include <QTimer>
#include <QWidget>

#include "core/report/manuscript.h"

#include <functional>
#include <vector>

class QComboBox;
class QLabel;
class QMenu;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace vitrine
{

class Banner;
class PagePreview;
class ReportOutline;
class ReportProperties;

namespace theme
{
struct Palette;
}

// What a manuscript became, and what else its runs have to offer.
struct ComposedReport {
    report::Document document;
    std::vector<std::pair<report::Item, std::string>>
        offers; // figures and tables, with their names
};

// Reports: outline at the left, the pages in the middle, properties at the right. Holds several
// reports, one of which is shown. Its state is a value: what a person changes is handed to
// `changed` and comes back through setState().
class ReportsPage : public QWidget
{
    Q_OBJECT
public:
    // Makes the document on another thread and calls back in the window's.
    using Compose =
        std::function<void(const report::Manuscript&, std::function<void(const ComposedReport&)>)>;

    ReportsPage(Compose compose, QWidget* parent);

    // {"reports": [manuscripts], "current": index}; what is unreadable of it is left out and said.
    QJsonObject state() const;
    void setState(const QJsonObject& state);

    bool isEmpty() const { return reports_.empty(); }
    const report::Manuscript* current() const;            // nullptr where there is none
    void addReport(const report::Manuscript& manuscript); // and shows it
    void addFigure(const report::FigureItem& item);       // behind what is chosen
    void setExport(const QString& what, double fraction); // under way; fraction < 0: not
    void refresh();                                       // runs have changed

    PagePreview* preview() const { return preview_; }

signals:
    void changed(const QJsonObject& after, const QString& label, const QString& mergeKey);
    void exportRequested(const QString& ending); // "pdf"
    void openRequested();                        // a file .vitrine-report
    void saveRequested();
    void runsRequested();
    void message(const QString& line);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    QWidget* makeOutline();
    void propose(const report::Manuscript& next, const QString& label, const QString& key = {});
    void proposeAll(std::vector<report::Manuscript> reports, int current, const QString& label,
                    const QString& key = {});
    void insertItem(report::Item item, const QString& label);
    void removeChosen();
    void fillOffers();
    void choose(int section, int item);
    void showState();
    void composeNow();
    void followTheme();

    Compose compose_;
    std::vector<report::Manuscript> reports_;
    int current_ = 0;
    ComposedReport composed_;
    int section_ = -1, item_ = -1;
    quint64 asked_ = 0;
    QTimer composing_;
    const theme::Palette* shownIn_; // the theme of the outline's icons

    QComboBox* choice_;
    QStackedWidget* middle_; // nothing here yet, or outline, pages and properties
    QPushButton *export_, *figure_, *table_, *text_, *newSection_;
    QMenu *figures_, *tables_;
    QProgressBar* progress_;
    QLabel* status_;
    Banner* banner_;
    ReportOutline* outline_;
    PagePreview* preview_;
    ReportProperties* properties_;
};

} // namespace vitrine
