#pragma once

#include <QAbstractScrollArea>
#include <QPixmap>

#include "core/report/document.h"

#include <map>
#include <memory>

namespace vitrine
{

namespace print
{
class PageLayout;
}

// The pages of a document as the PDF has them, one under the other, as wide as there is room. The
// chosen item is framed; a click chooses another.
class PagePreview : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit PagePreview(QWidget* parent);
    ~PagePreview() override;

    void setDocument(const report::Document& document); // keeps the place
    void setChosen(int section, int item); // item -1: a section's heading; -1, -1: none
    void showChosen();                     // scrolls to it
    int pages() const;
    QString text() const; // of all pages

signals:
    void chosen(int section, int item);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QSizeF pagePixels() const;       // logical
    QRectF pageRect(int page) const; // in the viewport
    const QPixmap& picture(int page);
    void updateBars();

    std::unique_ptr<print::PageLayout> layout_;
    std::map<int, QPixmap> pictures_;
    int section_ = -1, item_ = -1;
};

} // namespace vitrine
