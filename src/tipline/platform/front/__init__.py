"""The front of the page doors: bodies arrive here, bounded in size, time and number, before a thread is taken.

Django's pages are a WSGI application, which holds a thread for each request. A thread that waits for a slow sender or
a slow reader serves nobody, and sixteen such waits would close a door. So this small ASGI application stands before
it: `arrivals` takes bodies in, `exchange` calls the application piece by piece, `front` joins the two, and `limits`
says what a page takes. How a page takes more: docs/howto/take_large_uploads.md.
"""
