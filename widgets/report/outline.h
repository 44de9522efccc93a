#pragma once

#include <QTreeWidget>

#include "core/report/manuscript.h"

#include <functional>
#include <map>
#include <string>

namespace vitrine
{

// The sections of a report and what stands in them. Dragged, or moved with Alt+Up and Alt+Down.
class ReportOutline : public QTreeWidget
{
    Q_OBJECT
public:
    explicit ReportOutline(QWidget* parent);

    void setManuscript(const report::Manuscript& manuscript);
    void choose(int section, int item); // says nothing
    int section() const;                // of what is chosen; -1 for the report itself
    int item() const;                   // -1 for a section

    void move(int step); // what is chosen, up (-1) or down (+1)

signals:
    void chosen(int section, int item);
    void reordered(const std::vector<report::ManuscriptSection>& sections);
    void removeRequested();

protected:
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void readOrder();

    report::Manuscript manuscript_;
    bool quiet_ = false;
};

// "Text", "Figure sink-profile", "Table heads": what an item is called in lists.
QString itemWords(const report::Item& item);

} // namespace vitrine
